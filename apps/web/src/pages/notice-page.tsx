import { type JSX, Show } from "solid-js";
import { t } from "../i18n/translate.ts";
import { Header } from "../parts/header.tsx";
import { Mark } from "../parts/logo.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { usePageTitle } from "../parts/page-title.ts";
import { navigate } from "../router/navigation.ts";

/** A page that says one thing and offers the way on. */
export function NoticePage(props: {
  readonly title: string;
  readonly text: string;
  /** The way on, if it is another than to the start page. */
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
  /** What else there is to do. */
  readonly children?: JSX.Element;
}): JSX.Element {
  usePageTitle(() => props.title);
  return (
    <div class="page">
      <Header />
      <main class="notice-page">
        <Mark />
        <PageHeading>{props.title}</PageHeading>
        <p class="notice-text">{props.text}</p>
        <div class="notice-actions">
          <Show when={props.action}>
            {(action) => (
              <button type="button" class="button button-primary" onClick={() => action().run()}>
                {action().label}
              </button>
            )}
          </Show>
          <button type="button" class="button notice-start" onClick={() => navigate("/")}>
            {t("ended.start")}
          </button>
        </div>
        {props.children}
      </main>
    </div>
  );
}
