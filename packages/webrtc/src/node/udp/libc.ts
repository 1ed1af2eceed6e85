import { endianness } from "node:os";
import { binder, type Koffi, loadKoffi } from "../koffi.ts";

/** Memory that C structures stand in: where it is, and what is written there. */
export interface NativeMemory {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/** The functions of the C library that sockets are made and written with (socket(2), bind(2), sendmsg(2)); -1 is failure. */
export interface Libc {
  socket(family: number, type: number, protocol: number): number;
  bind(socket: number, address: Uint8Array, length: number): number;
  setOption(socket: number, level: number, name: number, value: Uint8Array, length: number): number;
  close(file: number): number;
  sendMessage(socket: number, message: Uint8Array, flags: number): number;
  /** Memory full of zeros, which is there until the process ends. */
  allocate(length: number): NativeMemory;
  /** Why the last call failed: an error number of Linux. */
  readonly errno: number;
}

/**
 * The C library of Linux on 64-bit machines, whose structures are known here. Needs the optional package koffi;
 * `undefined` where that is not installed, and on other systems.
 */
export function loadLibc(): Libc | undefined {
  const isKnown =
    process.platform === "linux" &&
    ["x64", "arm64"].includes(process.arch) &&
    endianness() === "LE";
  const koffi = isKnown ? loadKoffi() : undefined;
  try {
    return koffi && bind(koffi);
  } catch {
    return undefined;
  }
}

function bind(koffi: Koffi): Libc {
  const bound = binder(koffi);
  const allocate = bound<(count: number, size: number) => bigint>("void *calloc(size_t, size_t)");
  return {
    socket: bound("int socket(int, int, int)"),
    bind: bound("int bind(int, void *, unsigned int)"),
    setOption: bound("int setsockopt(int, int, int, void *, unsigned int)"),
    close: bound("int close(int)"),
    sendMessage: bound("intptr_t sendmsg(int, void *, int)"),
    allocate: (length) => {
      const address = allocate(length, 1);
      return { address, bytes: new Uint8Array(koffi.view(address, length)) };
    },
    get errno() {
      return koffi.errno();
    },
  };
}
