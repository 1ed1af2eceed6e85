/** A call as an element of any page. See README.md. */
import { TincanCallElement } from "./tincan-call-element.ts";

export { type EmbedAddressOptions, embedAddress } from "./address.ts";
export type {
  EmbedEvent,
  EmbedPerson,
  EmbedRefusal,
  EmbedSettings,
  EmbedTheme,
} from "./messages.ts";
export {
  type EmbedState,
  TincanCallElement,
  type TincanCallEvents,
} from "./tincan-call-element.ts";

// Two copies of the script on one page are no mistake: the first one is as good as the second.
if (customElements.get("tincan-call") === undefined) {
  customElements.define("tincan-call", TincanCallElement);
}
