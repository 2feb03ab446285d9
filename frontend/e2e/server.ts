// Starts the real program on a free port with a data folder of its own, and ends it again.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const BINARY = path.resolve(process.env.FOURMAPS_BIN ?? new URL('../../bin/fourmaps', import.meta.url).pathname)
const READY_WITHIN = 300_000 // ms; a first start makes a database and the demonstration district, on a machine that may be busy
// The session of an administrator whom every server under test knows, so that tests need not sign in again and again.
const TOKEN = Buffer.alloc(32, 'e2e')
export const SESSION = { name: 'fourmaps_session', value: TOKEN.toString('base64url') }
const SIGN_IN = `WITH p AS (INSERT INTO person (name) VALUES ('浏览器测试') RETURNING id), a AS (INSERT INTO account (person_id, name) SELECT id, 'e2e' FROM p RETURNING id),
  g AS (INSERT INTO person_grant (person_id, role) SELECT id, 'administrator' FROM p)
  INSERT INTO session (token_hash, account_id, means, expires_at) SELECT '\\x${createHash('sha256').update(TOKEN).digest('hex')}', id, 'password', now() + interval '1 day' FROM a`

/** Takes the session of a demonstration's administrator, for a server that was not started here. */
export async function signIn(url: string) {
  const answer = await fetch(`${url}/api/session`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name: 'demo-administrator', password: 'four-maps-demo' }) })
  SESSION.value = /fourmaps_session=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? SESSION.value
}

/** Asks a server under test as that administrator. */
export const ask = (address: string, init: RequestInit = {}) => fetch(address, { ...init, headers: { ...init.headers, Cookie: `${SESSION.name}=${SESSION.value}` } })

const LAST_WORDS = 4000 // characters of its log that a failed start shows

export interface Server {
  url: string
  folder: string
  sql(text: string): Promise<string>
  stop(): Promise<void> // as Ctrl-C does
  kill(): Promise<void> // as a power cut does
  start(): Promise<void>
  remove(): Promise<void>
}

/** Where the data folder of a stopped server with the demonstration is, which others begin with as a copy. */
const TEMPLATE = 'FOURMAPS_E2E_TEMPLATE'

/** Makes the demonstration district once for all servers that are started afterwards. Gives what removes it. */
export async function makeTemplate(): Promise<() => void> {
  const server = await startServer({ demo: true })
  await server.stop()
  process.env[TEMPLATE] = server.folder
  return () => rmSync(server.folder, { recursive: true, force: true })
}

/** Starts a server. `demo` loads the demonstration district; without it the database is empty. */
export async function startServer({ demo }: { demo: boolean }): Promise<Server> {
  if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing: build it first, or name it with FOURMAPS_BIN`)
  // As root the database runs as another user, who cannot enter a folder of mode 700.
  const folder = mkdtempSync(path.join(process.env.FOURMAPS_E2E_FOLDER ?? tmpdir(), 'fourmaps-e2e-'))
  const template = demo ? process.env[TEMPLATE] : undefined
  if (template) await promisify(execFile)('cp', ['-a', `${template}/.`, folder])
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = { ...process.env, FOURMAPS_DATA: path.join(folder, 'data'), FOURMAPS_LISTEN: `127.0.0.1:${port}`, FOURMAPS_DEMO: demo ? 'yes' : 'no', DATABASE_URL: '' }
  if (process.getuid?.() === 0) await promisify(execFile)('chmod', ['755', folder])
  let child: ChildProcess | undefined

  async function start() {
    let log = ''
    child = spawn(BINARY, ['serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => (log = (log + part.toString()).slice(-LAST_WORDS)))
    const until = Date.now() + READY_WITHIN
    while (Date.now() < until) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${log}`)
      const ready = await fetch(`${url}/readyz`).then((r) => r.ok, () => false)
      if (ready) return
      await new Promise((done) => setTimeout(done, 100))
    }
    throw new Error(`the server was not ready in time:\n${log}`)
  }
  async function end(signal: NodeJS.Signals) {
    const ending = child
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    const gone = new Promise((done) => ending.once('exit', done))
    ending.kill(signal)
    await gone
  }
  const server: Server = {
    url,
    folder,
    start,
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
    async sql(text) {
      const { stdout } = await promisify(execFile)(BINARY, ['psql', '--', '-X', '-q', '-t', '-A', '-v', 'ON_ERROR_STOP=1', '-c', text], { env })
      return stdout.trim()
    },
    async remove() {
      await end('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    await start()
    if (!template) await server.sql(SIGN_IN)
  } catch (cause) {
    await end('SIGKILL') // nothing may go on running
    throw cause
  }
  return server
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer()
    probe.once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? done(address.port) : failed(new Error('no port'))))
    })
  })
}
