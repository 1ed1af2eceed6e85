import { type JSX, lazy, Match, Suspense, Switch } from "solid-js";
import { t } from "./i18n/translate.ts";
import { NoticePage } from "./pages/notice-page.tsx";
import { StartPage } from "./pages/start-page.tsx";
import { Announcer } from "./parts/announcer.tsx";
import { route } from "./router/navigation.ts";
import type { Route } from "./router/route.ts";

/** Everything that a call needs is loaded with the first room, not with the start page. */
const RoomPage = lazy(async () => ({ default: (await import("./pages/room-page.tsx")).RoomPage }));

/** Nor are files, which start without a call as well. */
const TransferPage = lazy(async () => ({
  default: (await import("./pages/transfer-page.tsx")).TransferPage,
}));

const DoctorPage = lazy(async () => ({
  default: (await import("./pages/doctor/doctor-page.tsx")).DoctorPage,
}));

/** The page: one view for each route. */
export function App(): JSX.Element {
  return (
    <>
      <Announcer />
      <Suspense>
        <Switch fallback={<NoticePage title={t("not-found.title")} text={t("not-found.text")} />}>
          <Match when={route().name === "start"}>
            <StartPage />
          </Match>
          <Match when={route().name === "doctor"}>
            <DoctorPage />
          </Match>
          <Match when={routeNamed("room")} keyed>
            {(at) => <RoomPage room={at.room} entry={at.entry} />}
          </Match>
          <Match when={routeNamed("transfer")} keyed>
            {(at) => <TransferPage direction={at.direction} code={at.code} />}
          </Match>
          <Match when={routeNamed("bad-room")}>
            {(at) => <NoticePage title={t("bad-room.title")} text={t(`start.bad.${at().fault}`)} />}
          </Match>
        </Switch>
      </Suspense>
    </>
  );
}

function routeNamed<Name extends Route["name"]>(
  name: Name,
): Extract<Route, { name: Name }> | undefined {
  const now = route();
  return now.name === name ? (now as Extract<Route, { name: Name }>) : undefined;
}
