import fileIcon from "lucide-static/icons/file.svg?raw";
import folderIcon from "lucide-static/icons/folder-up.svg?raw";
import type { JSX } from "solid-js";
import { t } from "../i18n/translate.ts";
import { Icon } from "./icon.tsx";

/** Two buttons: for files, and for a folder with all that is in it. */
export function FilePicker(props: {
  readonly onPick: (files: Iterable<File>) => void;
}): JSX.Element {
  let folder!: HTMLInputElement;
  let file!: HTMLInputElement;
  const pick = (input: HTMLInputElement): void => {
    props.onPick([...(input.files ?? [])]);
    // So that the same one can be chosen again.
    input.value = "";
  };
  return (
    <>
      <div class="button-row">
        <button type="button" class="button button-primary" onClick={() => file.click()}>
          <Icon svg={fileIcon} />
          {t("files.choose")}
        </button>
        <button type="button" class="button" onClick={() => folder.click()}>
          <Icon svg={folderIcon} />
          {t("files.folder")}
        </button>
      </div>
      <input ref={file} type="file" multiple hidden onChange={() => pick(file)} />
      <input
        ref={(element) => {
          folder = element;
          element.webkitdirectory = true;
        }}
        type="file"
        hidden
        onChange={() => pick(folder)}
      />
    </>
  );
}
