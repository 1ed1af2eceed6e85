/** Cameras, microphones and speakers, with or without a call. See README.md, "Devices". */
export { type Acquired, acquire, type DevicePort, type Wanted } from "./acquire.ts";
export {
  type AppliedSettings,
  appliedSettings,
  offeredSwitches,
  type Switch,
} from "./applied-settings.ts";
export {
  browserDevices,
  type ChoosableKind,
  type DeviceSource,
  listDevices,
  onDeviceChange,
} from "./browser-devices.ts";
export {
  type CameraConstraints,
  type CameraSettings,
  cameraConstraints,
  type Fit,
  type MicrophoneSettings,
  microphoneConstraints,
  type Resolution,
  type Saving,
} from "./constraints.ts";
export type { ChoiceStorage, DeviceChoice } from "./device-choice.ts";
export {
  type DeviceFault,
  type DeviceKind,
  deviceFault,
  type PermissionAnswer,
} from "./device-fault.ts";
export { DevicePublisher, type DeviceStates } from "./device-publisher.ts";
export type { LocalDevice } from "./input-device.ts";
export { keepRunning } from "./keep-running.ts";
export { levelOf, meterLevel } from "./level-meter.ts";
export {
  LocalDevices,
  type LocalDevicesEvents,
  type LocalDevicesOptions,
} from "./local-devices.ts";
export { type KeyPress, PushToTalk, type PushToTalkOptions } from "./push-to-talk.ts";
export { type Player, Speaker, type SpeakerOptions } from "./speaker.ts";
export { levelOfLinear, SpeakingDetector, type SpeakingOptions } from "./speaking.ts";
