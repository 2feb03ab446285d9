// EXIF as cameras write it, for tests.

/** A TIFF block that says where and when a photo was taken. */
export function exif({ lon, lat, taken }: { lon: number; lat: number; taken: string }): Buffer {
  const out = Buffer.alloc(256)
  let end = out.write('II*\0', 'latin1')
  const u32 = (n: number, at = end) => (end = Math.max(end, out.writeUInt32LE(n, at)))
  const entry = (tag: number, kind: number, count: number, value: number) => {
    end = out.writeUInt16LE(tag, end)
    end = out.writeUInt16LE(kind, end)
    u32(count)
    u32(value)
  }
  const MAIN = 8, EXIF = 40, GPS = 64, VALUES = 128
  u32(MAIN)
  end = out.writeUInt16LE(2, MAIN)
  entry(0x8769, 4, 1, EXIF)
  entry(0x8825, 4, 1, GPS)
  end = out.writeUInt16LE(1, EXIF)
  entry(0x9003, 2, 20, VALUES)
  end = out.writeUInt16LE(4, GPS)
  entry(1, 2, 2, 'N'.charCodeAt(0))
  entry(2, 5, 1, VALUES + 32)
  entry(3, 2, 2, 'E'.charCodeAt(0))
  entry(4, 5, 1, VALUES + 40)
  out.write(`${taken}\0`, VALUES, 'latin1')
  for (const [at, value] of [[VALUES + 32, lat], [VALUES + 40, lon]] as const) {
    out.writeUInt32LE(Math.round(value * 1e6), at)
    out.writeUInt32LE(1e6, at + 4)
  }
  return out
}

/** A JPEG with a TIFF block as its EXIF. */
export function withEXIF(jpeg: Buffer, block: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), block])
  const head = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 255])
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)])
}
