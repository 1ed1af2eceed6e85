import type { MatrixCell } from "@tincan/client/doctor";
import { For, type JSX, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";

const COLUMNS = (["udp", "tcp", "tls"] as const).flatMap((transport) =>
  ([4, 6] as const).map((family) => ({ transport, family })),
);

/** Every kind of way, by transport and address family, with the time that it took. */
export function WayMatrix(props: { readonly cells: readonly MatrixCell[] }): JSX.Element {
  const cellAt = (type: string, { transport, family }: (typeof COLUMNS)[number]) =>
    props.cells.find(
      (cell) => cell.type === type && cell.transport === transport && cell.family === family,
    );
  return (
    <Show when={props.cells.length > 0}>
      <section class="matrix">
        <h2>{t("doctor.matrix")}</h2>
        <section class="scrolls" aria-label={t("doctor.matrix")} tabindex="0">
          <table>
            <thead>
              <tr>
                <th scope="col">{t("doctor.matrix.type")}</th>
                <For each={COLUMNS}>
                  {({ transport, family }) => (
                    <th scope="col">
                      {transport.toUpperCase()} IPv{family}
                    </th>
                  )}
                </For>
              </tr>
            </thead>
            <tbody>
              <For each={["host", "srflx", "relay"] as const}>
                {(type) => (
                  <tr>
                    <th scope="row">{t(`doctor.matrix.${type}`)}</th>
                    <For each={COLUMNS}>{(column) => <Cell cell={cellAt(type, column)} />}</For>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </section>
        <p class="hint">{t("doctor.matrix.hint")}</p>
      </section>
    </Show>
  );
}

function Cell(props: { readonly cell: MatrixCell | undefined }): JSX.Element {
  const state = () => props.cell?.state ?? "none";
  return (
    <td data-state={state()}>
      <Show
        when={state() !== "none"}
        fallback={
          <>
            <span aria-hidden="true">–</span>
            <span class="visually-hidden">{t("doctor.matrix.none")}</span>
          </>
        }
      >
        {state() === "connected"
          ? t("doctor.matrix.connected", { ms: props.cell?.ms ?? 0 })
          : t("doctor.matrix.failed")}
      </Show>
    </td>
  );
}
