import { type CodeFault, parseCode, type TransferCode } from "@tincan/client/code";
import { createSignal, type JSX, Match, Show, Switch } from "solid-js";
import { t } from "../i18n/translate.ts";
import { Header } from "../parts/header.tsx";
import { Mark } from "../parts/logo.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { usePageTitle } from "../parts/page-title.ts";
import { createTransferSession, type TransferPhase } from "../room/transfer-session.ts";
import { navigate } from "../router/navigation.ts";
import type { Direction } from "../router/route.ts";
import { NoticePage } from "./notice-page.tsx";
import { MeetingView } from "./transfer/meeting-view.tsx";
import "./transfer-page.css";

/** Files to or from one other browser or terminal, without a call. */
export function TransferPage(props: {
  readonly direction: Direction;
  /** As the address has it; empty where there is none. */
  readonly code: string;
}): JSX.Element {
  usePageTitle(() => t(`transfer.${props.direction}`));
  const given = parseCode(props.code);
  // Whoever sends makes a code at once; whoever receives has been told one, as a rule.
  const [code, setCode] = createSignal<TransferCode | "new" | undefined>(
    given.ok ? given.value : props.code === "" && props.direction === "send" ? "new" : undefined,
  );
  return (
    <Show
      when={isSecureContext}
      fallback={<NoticePage title={t(`transfer.${props.direction}`)} text={t("files.insecure")} />}
    >
      <Show
        when={code()}
        keyed
        fallback={
          <Frame direction={props.direction}>
            <CodeForm
              fault={props.code !== "" && !given.ok ? given : undefined}
              onCode={setCode}
              onNone={() => setCode("new")}
            />
          </Frame>
        }
      >
        {(chosen) => (
          <Session
            direction={props.direction}
            code={chosen === "new" ? undefined : chosen}
            again={() => {
              navigate(`/${props.direction}`);
            }}
          />
        )}
      </Show>
    </Show>
  );
}

function Session(props: {
  readonly direction: Direction;
  readonly code: TransferCode | undefined;
  readonly again: () => void;
}): JSX.Element {
  const session = createTransferSession(props.code);
  const phaseNamed = <Name extends TransferPhase["name"]>(name: Name) => {
    const now = session.phase();
    return now.name === name ? (now as Extract<TransferPhase, { name: Name }>) : undefined;
  };
  return (
    <Switch>
      <Match when={phaseNamed("joining")}>
        <main class="joining" aria-busy="true">
          <Mark />
          <p role="status">{t("transfer.joining")}</p>
        </main>
      </Match>
      <Match when={phaseNamed("failed")}>
        {(failed) => (
          <NoticePage
            title={t("transfer.failed")}
            text={t(failed().text)}
            action={{ label: t("transfer.again"), run: props.again }}
          />
        )}
      </Match>
      <Match when={phaseNamed("meeting")} keyed>
        {({ meeting }) => (
          <Frame direction={props.direction}>
            <MeetingView session={session} meeting={meeting} direction={props.direction} />
          </Frame>
        )}
      </Match>
    </Switch>
  );
}

function Frame(props: {
  readonly direction: Direction;
  readonly children: JSX.Element;
}): JSX.Element {
  return (
    <div class="page">
      <Header />
      <main class="transfer-page">
        <PageHeading>{t(`transfer.${props.direction}`)}</PageHeading>
        {props.children}
      </main>
    </div>
  );
}

function CodeForm(props: {
  readonly fault: CodeFault | undefined;
  readonly onCode: (code: TransferCode) => void;
  readonly onNone: () => void;
}): JSX.Element {
  let field!: HTMLInputElement;
  const [fault, setFault] = createSignal(props.fault);
  const go = (event: SubmitEvent): void => {
    event.preventDefault();
    const code = parseCode(field.value);
    if (code.ok) {
      props.onCode(code.value);
      return;
    }
    setFault(code);
    field.focus();
  };
  const words = (): string => {
    const now = fault();
    if (now === undefined) return t("transfer.code.ask");
    return now.fault === "word"
      ? t("transfer.code.word", { word: now.word })
      : t("transfer.code.shape");
  };
  return (
    <form class="transfer-form" onSubmit={go} novalidate>
      <label class="labelled">
        <span>{t("transfer.code")}</span>
        <input
          ref={field}
          class="field"
          type="text"
          aria-describedby="code-hint"
          aria-invalid={fault() !== undefined}
          placeholder={t("transfer.code.placeholder")}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          enterkeyhint="go"
          onInput={() => setFault(undefined)}
        />
      </label>
      <p
        id="code-hint"
        class="hint"
        classList={{ "is-wrong": fault() !== undefined }}
        role="status"
      >
        {words()}
      </p>
      <div class="button-row">
        <button type="submit" class="button button-primary">
          {t("transfer.code.go")}
        </button>
        <button type="button" class="button" onClick={() => props.onNone()}>
          {t("transfer.code.none")}
        </button>
      </div>
    </form>
  );
}
