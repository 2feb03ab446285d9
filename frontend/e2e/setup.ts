import type { TestProject } from 'vitest/node'
import { makeTemplate, startServer } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    url: string
  }
}

/** One server with the demonstration district for all files that only look. */
export default async function setup(project: TestProject) {
  const removeTemplate = await makeTemplate()
  const server = await startServer({ demo: true })
  project.provide('url', server.url)
  return async () => {
    await server.remove()
    removeTemplate()
  }
}
