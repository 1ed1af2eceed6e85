import { type JSX, Match, Show, Switch } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Header } from "../../parts/header.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { usePageTitle } from "../../parts/page-title.ts";
import { DeviceTests } from "./device-tests.tsx";
import { createDoctor, namesOf } from "./doctor-model.ts";
import "./doctor-page.css";
import { Gathering } from "./gathering.tsx";
import { ResultList } from "./result-list.tsx";
import { VerdictCard } from "./verdict-card.tsx";
import { WayMatrix } from "./way-matrix.tsx";

/** Finds out from this browser what is in the way of calls. */
export function DoctorPage(): JSX.Element {
  usePageTitle(() => t("doctor.title"));
  const doctor = createDoctor();
  return (
    <div class="page">
      <Header />
      <main class="doctor" data-phase={doctor.phase()}>
        <PageHeading>{t("doctor.title")}</PageHeading>
        <Switch>
          <Match when={doctor.phase() === "idle"}>
            <p class="doctor-sentence">{t("doctor.sentence")}</p>
          </Match>
          <Match when={doctor.phase() === "running"}>
            <div class="doctor-progress">
              <progress max="1" value={doctor.progress()} aria-label={t("doctor.progress")} />
              <p>{t("doctor.running", { checks: namesOf(doctor.testing()) })}</p>
            </div>
          </Match>
        </Switch>
        <Show when={doctor.phase() !== "running" && doctor.results().length > 0}>
          <VerdictCard doctor={doctor} />
        </Show>
        <Show when={doctor.phase() !== "running"}>
          <button
            type="button"
            class="button button-large doctor-start"
            classList={{ "button-primary": doctor.phase() === "idle" }}
            onClick={() => void doctor.start()}
          >
            {doctor.phase() === "idle" ? t("doctor.start") : t("doctor.again")}
          </button>
        </Show>
        <ResultList doctor={doctor} />
        <DeviceTests add={doctor.add} />
        <WayMatrix cells={doctor.matrix()} />
        <Gathering events={doctor.gathering()} />
      </main>
    </div>
  );
}
