import { expect, test } from 'vitest'
import { linkOf } from './link'

const fine = { online: true, signedOut: false, lost: false, kept: false }

test.each([
  ['all is well', {}, 'live'],
  ['no network', { online: false, lost: true }, 'away'],
  ['a server that is silent', { lost: true }, 'away'],
  ['kept answers', { kept: true }, 'away'],
  ['a session that has ended, which ends the stream too', { signedOut: true, lost: true, kept: true }, 'signed_out'],
  ['ended, and then no network: nobody can sign in now', { online: false, signedOut: true }, 'away'],
] as const)('%s', (_, now, link) => expect(linkOf({ ...fine, ...now })).toBe(link))
