/** One's own screen, beside the camera. See README.md, "Screen sharing". */
export {
  canShareScreen,
  type ScreenShare,
  type ScreenShareEvents,
  type ScreenShareOptions,
  shareScreen,
} from "./share-screen.ts";
