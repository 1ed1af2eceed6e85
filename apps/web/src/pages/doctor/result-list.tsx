import { type CheckId, type CheckResult, spell, tellFact, wordsOf } from "@tincan/client/doctor";
import { For, type JSX, Show } from "solid-js";
import { currentLanguage, t } from "../../i18n/translate.ts";
import type { DoctorModel } from "./doctor-model.ts";

const GROUPS = [
  ["browser", ["browser", "camera", "microphone", "speaker"]],
  ["server", ["tincan", "clock", "websocket", "signaling", "resume"]],
  [
    "relay",
    [
      "ice-servers",
      "stun",
      "turn-udp",
      "turn-tcp",
      "turn-tls",
      "relay-ports",
      "turn-password",
      "announced",
    ],
  ],
  ["line", ["local", "nat", "line", "throughput", "ice-restart"]],
] as const satisfies readonly (readonly [string, readonly CheckId[]])[];

/** All that was tested, in groups; each line opens to what was seen. */
export function ResultList(props: { readonly doctor: DoctorModel }): JSX.Element {
  return (
    <section class="results" aria-label={t("doctor.results")}>
      <For each={GROUPS}>
        {([group, checks]) => {
          const mine = () =>
            props.doctor.results().filter(({ id }) => (checks as readonly CheckId[]).includes(id));
          return (
            <Show when={mine().length > 0}>
              <div class="result-group">
                <h2>{t(`doctor.group.${group}`)}</h2>
                <For each={mine()}>{(result) => <Result result={result} />}</For>
                <Show when={group === "line" && mine().some(({ id }) => id === "throughput")}>
                  <p class="hint">{t("doctor.line.hint")}</p>
                </Show>
              </div>
            </Show>
          );
        }}
      </For>
    </section>
  );
}

function Result(props: { readonly result: CheckResult }): JSX.Element {
  const words = () => wordsOf(currentLanguage());
  const cause = (): string | undefined => {
    const { verdict } = props.result;
    return verdict && spell(verdict, words())[0];
  };
  return (
    <details class="result" data-check={props.result.id} data-status={props.result.status}>
      <summary>
        <span class="result-name">{words().checks[props.result.id]}</span>
        <span class="result-status">{words().statuses[props.result.status]}</span>
      </summary>
      <Show when={cause()}>
        <p>{cause()}</p>
      </Show>
      <dl>
        <For each={Object.entries(props.result.facts)}>
          {(fact) => {
            const told = () => tellFact(fact, words());
            return (
              <div>
                <dt>{told()[0]}</dt>
                <dd>{told()[1]}</dd>
              </div>
            );
          }}
        </For>
      </dl>
    </details>
  );
}
