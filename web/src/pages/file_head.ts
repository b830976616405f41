// The beginning of a large file, by which it is looked at: corrections should not send all of it.

export const kHeadBytes = 4 * 1024 * 1024;

const kWhole = [
  [0x1f, 0x8b], // gzip
  [0x50, 0x41, 0x52, 0x31], // Parquet
  [0x50, 0x4b], // zip
  [0xff, 0xfe], // UTF-16
  [0xfe, 0xff],
  [0x5b], // a JSON array
];

/** The lines that fit into `most` bytes; the file itself where it is small, or not made of lines. */
export async function headOf(file: File, most = kHeadBytes): Promise<File> {
  if (file.size <= most) return file;
  const bytes = new Uint8Array(await file.slice(0, most).arrayBuffer());
  if (kWhole.some((mark) => mark.every((byte, at) => bytes[at] === byte))) return file;
  const end = bytes.lastIndexOf(0x0a) + 1;
  return end > 0 ? new File([bytes.subarray(0, end)], file.name) : file;
}
