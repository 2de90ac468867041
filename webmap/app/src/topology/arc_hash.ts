/** The hash that names the state of an arc, equal to boundaries/grid.py `arc_hash`. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

import type { Line } from '../geometry/point'

/** SHA-256 over little-endian int64 x, y of every point, then left, then right face. */
export function arcHash(points: Line, left: number, right: number): string {
  const numbers = [...points.flat(), left, right]
  const bytes = new DataView(new ArrayBuffer(numbers.length * 8))
  numbers.forEach((value, i) => bytes.setBigInt64(i * 8, BigInt(value), true))
  return bytesToHex(sha256(new Uint8Array(bytes.buffer)))
}
