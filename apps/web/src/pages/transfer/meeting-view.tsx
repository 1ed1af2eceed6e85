import type { Meeting } from "@tincan/client/code";
import shieldIcon from "lucide-static/icons/shield-check.svg?raw";
import { createSignal, For, type JSX, onCleanup, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { FilePicker } from "../../parts/file-picker.tsx";
import { Icon } from "../../parts/icon.tsx";
import { InviteLink } from "../../parts/invite-link.tsx";
import { QrCode } from "../../parts/qr-code.tsx";
import { TransferItem } from "../../parts/transfer-item.tsx";
import { createFilesModel, type FilesModel } from "../../room/files-model.ts";
import type { TransferSession } from "../../room/transfer-session.ts";
import { type Direction, transferLink } from "../../router/route.ts";

/** The code for the other side; once that is there, the files. */
export function MeetingView(props: {
  readonly session: TransferSession;
  readonly meeting: Meeting;
  readonly direction: Direction;
}): JSX.Element {
  const { session, meeting } = props;
  const { call, lock } = meeting;
  const silent = { offered: () => {}, ended: () => {} };
  const files = createFilesModel(call, silent, { guard: lock });
  const nameOf = (): string => session.peer()?.name || t("transfer.other");
  return (
    <>
      <Show when={session.isPeerHere()}>
        <div class="transfer-met" role="status">
          <Icon svg={shieldIcon} />
          <p>
            <strong>{t("transfer.met", { name: nameOf() })}</strong>
            <br />
            {t("transfer.met.hint")}
          </p>
        </div>
        <Show when={props.direction === "send"}>
          <Sending session={session} files={files} />
        </Show>
        <Show when={props.direction === "receive" && files.transfers.length === 0}>
          <p class="hint">{t("transfer.expecting", { name: nameOf() })}</p>
        </Show>
      </Show>
      <Show when={!session.isPeerHere() && session.peer() !== undefined}>
        <p class="hint" role="status">
          {t("transfer.left", { name: nameOf() })}
        </p>
      </Show>
      <Show when={!session.isPeerHere() && files.transfers.length === 0}>
        <Show when={lock.role === "maker"} fallback={<p role="status">{t("transfer.looking")}</p>}>
          <Invitation code={lock.code.text} direction={props.direction} />
        </Show>
      </Show>
      <ul class="transfers" aria-label={t("files.list")}>
        <For each={[...files.transfers].reverse()}>
          {(view) => <TransferItem files={files} view={view} nameOf={nameOf} />}
        </For>
      </ul>
    </>
  );
}

function Sending(props: {
  readonly session: TransferSession;
  readonly files: FilesModel;
}): JSX.Element {
  const { session, files } = props;
  const [over, setOver] = createSignal(false);
  const [unreadable, setUnreadable] = createSignal(false);
  const receiver = (): readonly string[] => {
    const peer = session.peer();
    return peer === undefined ? [] : [peer.id];
  };
  const hover = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    setOver(true);
  };
  const leave = (event: DragEvent): void => {
    if (event.relatedTarget === null) setOver(false);
  };
  const drop = (event: DragEvent): void => {
    setOver(false);
    if (event.dataTransfer === null) return;
    event.preventDefault();
    setUnreadable(false);
    files.drop(event.dataTransfer, receiver()).catch(() => setUnreadable(true));
  };
  addEventListener("dragover", hover);
  addEventListener("dragleave", leave);
  addEventListener("drop", drop);
  onCleanup(() => {
    removeEventListener("dragover", hover);
    removeEventListener("dragleave", leave);
    removeEventListener("drop", drop);
  });
  return (
    <div class="transfer-sending" classList={{ "is-over": over() }}>
      <FilePicker onPick={(picked) => files.send(picked, receiver())} />
      <p class="hint" classList={{ "is-wrong": unreadable() }}>
        {t(unreadable() ? "files.unreadable" : over() ? "transfer.drop" : "transfer.hint")}
      </p>
    </div>
  );
}

function Invitation(props: { readonly code: string; readonly direction: Direction }): JSX.Element {
  const other = (): Direction => (props.direction === "send" ? "receive" : "send");
  const link = (): string => transferLink(location.origin, other(), props.code);
  const command = (): string =>
    other() === "receive"
      ? `tincan receive ${props.code}`
      : `tincan send FILE... --to ${props.code}`;
  return (
    <div class="transfer-invitation">
      <p class="transfer-sentence">{t(`transfer.${props.direction}.text`)}</p>
      <p class="transfer-code">{props.code}</p>
      <InviteLink link={link()} label={t("transfer.link")} />
      <div class="transfer-ways">
        <QrCode text={link()} label={t("invite.qr.label", { link: link() })} />
        <div class="transfer-way">
          <p class="hint">{t("transfer.qr.hint")}</p>
          <p class="transfer-label">{t("transfer.command")}</p>
          <code class="transfer-command">
            {command()} <span>--server {location.origin}</span>
          </code>
        </div>
      </div>
      <p class="hint" role="status">
        {t("transfer.waiting")}
      </p>
    </div>
  );
}
