import { type GatheringEvent, gather } from "@tincan/client/doctor";
import { createSignal, For, type JSX, onCleanup } from "solid-js";
import type { TextKey } from "../../i18n/en.ts";
import { t } from "../../i18n/translate.ts";

const COLUMNS = [
  "time",
  "type",
  "foundation",
  "protocol",
  "address",
  "port",
  "priority",
  "url",
  "relay",
] as const;

/** Codes that have words of their own (RFC 8489 §14.8, RFC 8656 §19). */
const CODES = [300, 400, 401, 403, 437, 438, 441, 442, 486, 508, 701] as const;

/** Candidates as they come, with this page's servers or with one that was typed in. */
export function Gathering(props: { readonly events: readonly GatheringEvent[] }): JSX.Element {
  const left = new AbortController();
  onCleanup(() => left.abort());
  const [own, setOwn] = createSignal<readonly GatheringEvent[]>();
  const [fault, setFault] = createSignal<string>();
  const [doneMs, setDoneMs] = createSignal<number>();
  const [busy, setBusy] = createSignal(false);
  const events = () => own() ?? props.events;

  const run = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (busy()) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string): string => String(form.get(name) ?? "").trim();
    setFault(undefined);
    setDoneMs(undefined);
    if (!/^(stun|turn)s?:\S+$/.test(text("url"))) {
      setFault(t("doctor.gathering.need"));
      return;
    }
    setOwn([]);
    setBusy(true);
    try {
      const server = { urls: text("url"), username: text("user"), credential: text("password") };
      const onEvent = (one: GatheringEvent): void => {
        setOwn((before = []) => [...before, one]);
      };
      setDoneMs((await gather([server], { onEvent, signal: left.signal })).ms);
    } catch (error) {
      setFault(t("doctor.gathering.bad", { why: error instanceof Error ? error.message : "" }));
    } finally {
      setBusy(false);
    }
  };

  return (
    <details class="gathering">
      <summary>
        <h2>{t("doctor.gathering")}</h2>
      </summary>
      <p class="hint">{t("doctor.gathering.hint")}</p>
      <form class="gathering-form" onSubmit={(event) => void run(event)} novalidate>
        <Field name="url" label="doctor.gathering.url" placeholder="turn:turn.example.org:3478" />
        <Field name="user" label="doctor.gathering.user" />
        <Field name="password" label="doctor.gathering.password" type="password" />
        <button type="submit" class="button" aria-disabled={busy()}>
          {t("doctor.gathering.start")}
        </button>
      </form>
      <p class="hint" classList={{ "is-wrong": fault() !== undefined }} role="status">
        {fault() ??
          (doneMs() === undefined ? "" : t("doctor.gathering.done", { ms: doneMs() ?? 0 }))}
      </p>
      <section class="scrolls" aria-label={t("doctor.gathering.list")} tabindex="0">
        <table>
          <thead>
            <tr>
              <For each={COLUMNS}>
                {(column) => <th scope="col">{t(`doctor.row.${column}`)}</th>}
              </For>
            </tr>
          </thead>
          <tbody>
            <For
              each={events()}
              fallback={
                <tr>
                  <td colspan={COLUMNS.length}>{t("doctor.gathering.empty")}</td>
                </tr>
              }
            >
              {(event) => <Row event={event} />}
            </For>
          </tbody>
        </table>
      </section>
    </details>
  );
}

function Row(props: { readonly event: GatheringEvent }): JSX.Element {
  const { event } = props;
  if (event.kind === "error") {
    return (
      <tr class="is-error">
        <td>{event.ms} ms</td>
        <td>{t("doctor.row.error", { code: event.code })}</td>
        <td colspan="5">
          {t(codeKey(event.code))} {event.text}
        </td>
        <td>{event.url}</td>
        <td />
      </tr>
    );
  }
  return (
    <tr>
      <td>{event.ms} ms</td>
      <td>{event.type}</td>
      <td>{event.foundation}</td>
      <td>{event.protocol}</td>
      <td>{event.address}</td>
      <td>{event.port}</td>
      <td>{priorityParts(event.priority)}</td>
      <td>{event.url ?? ""}</td>
      <td>{event.relayProtocol ?? ""}</td>
    </tr>
  );
}

function Field(props: {
  readonly name: string;
  readonly label: TextKey;
  readonly type?: string;
  readonly placeholder?: string;
}): JSX.Element {
  return (
    <label class="labelled">
      <span>{t(props.label, {} as never)}</span>
      <input
        class="field"
        name={props.name}
        type={props.type ?? "text"}
        placeholder={props.placeholder}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
      />
    </label>
  );
}

function codeKey(code: number) {
  const known = CODES.find((one) => one === code);
  return known === undefined ? "doctor.code.other" : (`doctor.code.${known}` as const);
}

/** Type preference, local preference and component, of which a priority is made (RFC 8445 §5.1.2.1). */
function priorityParts(priority: number): string {
  return `${priority >>> 24} | ${(priority >>> 8) & 0xffff} | ${256 - (priority & 0xff)}`;
}
