import type { PeerSnapshot } from "@tincan/client/stats";
import downIcon from "lucide-static/icons/download.svg?raw";
import { createSignal, For, type JSX, Show } from "solid-js";
import { currentLanguage, t } from "../../../i18n/translate.ts";
import { Icon } from "../../../parts/icon.tsx";
import { QualityBars, qualityWords } from "../../../parts/quality-bars.tsx";
import { formatBitrate } from "../../../room/amounts.ts";
import type { CallDesk } from "../../../room/call-desk.ts";
import { StatGraph } from "./stat-graph.tsx";
import { connectionRows, type StatRow, trackRows } from "./stat-rows.ts";
import "./connection-panel.css";

/** How each connection is: in words, in graphs, and in all numbers that the browser tells. */
export function ConnectionPanel(props: { readonly desk: CallDesk }): JSX.Element {
  const { model, quality } = props.desk;
  const [chosen, setChosen] = createSignal("");
  const peer = (): string | undefined =>
    (model.participants.find(({ id }) => id === chosen()) ?? model.participants[0])?.id;
  const save = (): void => {
    const blob = new Blob([quality.stats.export()], { type: "application/json" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `tincan-${new Date().toISOString().replaceAll(":", "-")}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  return (
    <div class="panel-body">
      <Show when={peer()} fallback={<p class="panel-note">{t("connection.nobody")}</p>}>
        {(id) => (
          <>
            <Show when={model.participants.length > 1}>
              <label class="labelled">
                <span>{t("connection.to")}</span>
                <select class="field" onChange={(event) => setChosen(event.currentTarget.value)}>
                  <For each={model.participants}>
                    {(one) => (
                      <option value={one.id} selected={one.id === id()}>
                        {props.desk.nameOf(one.id)}
                      </option>
                    )}
                  </For>
                </select>
              </label>
            </Show>
            <Show
              when={quality.of(id())}
              fallback={<p class="panel-note">{t("connection.measuring")}</p>}
            >
              {(snapshot) => <Snapshot desk={props.desk} snapshot={snapshot()} peer={id()} />}
            </Show>
            <button type="button" class="button" onClick={save}>
              <Icon svg={downIcon} />
              {t("connection.export")}
            </button>
          </>
        )}
      </Show>
    </div>
  );
}

function Snapshot(props: {
  readonly desk: CallDesk;
  readonly snapshot: PeerSnapshot;
  readonly peer: string;
}): JSX.Element {
  const { stats } = props.desk.quality;
  const columns = () => {
    // Read for its being new; the history is a plain object of the SDK.
    void props.snapshot;
    return stats.history(props.peer);
  };
  const rate = (value: number): string => formatBitrate(value, currentLanguage());
  const number = (value: number, digits = 0): string =>
    new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: digits }).format(value);
  // Reports go on to tell of tracks that were taken back; those belong to no stream any more.
  const tracks = () =>
    [...props.snapshot.received, ...props.snapshot.sent].filter(
      ({ source }) => source !== undefined,
    );
  return (
    <>
      <p class="quality-line">
        <QualityBars quality={props.snapshot.quality} />
        <span>{qualityWords(props.snapshot.quality)}</span>
      </p>
      <Show when={columns()}>
        {(history) => (
          <div class="graphs">
            <StatGraph
              title={t("stats.bitrate")}
              times={history().atMs}
              lines={[
                { name: t("stats.received"), values: history().receivedBps, color: "--can" },
                { name: t("stats.sent"), values: history().sentBps, color: "--accent" },
              ]}
              format={rate}
            />
            <StatGraph
              title={t("stats.rtt")}
              times={history().atMs}
              lines={[{ name: t("stats.rtt"), values: history().rttMs, color: "--can" }]}
              format={(value) => `${number(value)} ms`}
            />
            <StatGraph
              title={t("stats.loss")}
              times={history().atMs}
              lines={[{ name: t("stats.loss"), values: history().lossRatio, color: "--wrong" }]}
              format={(value) => `${number(value * 100, 1)} %`}
            />
          </div>
        )}
      </Show>
      <StatTable title={t("stats.way")} rows={connectionRows(props.snapshot, currentLanguage())} />
      <For each={tracks().map(({ id }) => id)}>
        {(id) => (
          <Show when={tracks().find((track) => track.id === id)}>
            {(track) => (
              <StatTable
                title={t(`stats.${track().direction}.${track().kind}`, {
                  source: sourceWord(track().source),
                })}
                track={track().id}
                rows={trackRows(track(), currentLanguage())}
              />
            )}
          </Show>
        )}
      </For>
    </>
  );
}

function sourceWord(source: string | undefined): string {
  return t(source === "screen" ? "stats.screen" : "stats.camera");
}

function StatTable(props: {
  readonly title: string;
  readonly track?: string;
  readonly rows: readonly StatRow[];
}): JSX.Element {
  return (
    <table class="stats" data-track={props.track}>
      <caption>{props.title}</caption>
      <tbody>
        <For each={props.rows}>
          {({ key, value }) => (
            <tr data-stat={key}>
              <th scope="row">{t(`stat.${key}`)}</th>
              <td>{value}</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
}
