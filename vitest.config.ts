import { defineConfig } from 'vitest/config'

const esbuild = { jsx: 'automatic', jsxImportSource: '@kitajs/html' } as const

export default defineConfig({
  test: {
    projects: [
      { esbuild, test: { name: 'unit', include: ['test/**/*.test.{ts,tsx}'], testTimeout: 30_000, hookTimeout: 30_000 } },
      { esbuild, test: { name: 'e2e', include: ['e2e/**/*.spec.ts'], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false } },
    ],
  },
})
