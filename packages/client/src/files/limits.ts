/** The version of the files' protocol (PEER-PROTOCOL.md); counts breaking changes. */
export const FILES_VERSION = 1;

/** What is hashed, acknowledged and resumed from: all blocks of a file but the last have this length. */
export const BLOCK_BYTES: number = 256 * 1024;

/** How much of a block goes into one message; with its header well below what every WebRTC takes. */
export const PART_BYTES: number = 32 * 1024;

/** How much of a transfer may be on its way: sent and not yet verified and written by the receiver. */
export const WINDOW_BYTES: number = 4 * 1024 * 1024;

/** How many ends of files may be on their way; what bounds many small files. */
export const WINDOW_FILES = 64;

/** How many files one transfer may have. */
export const MAX_FILES = 10_000;

/** How many live transfers a peer may offer us at a time. */
export const MAX_TRANSFERS = 16;

/** How many files one message lists at most. */
export const MAX_LISTED = 100;

/** In UTF-8 bytes, with all folders. */
export const MAX_PATH_BYTES = 400;

/** One pebibyte: with it, block numbers fit into 32 bits. */
export const MAX_FILE_BYTES: number = 2 ** 50;
