import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.{ts,tsx}'], exclude: ['test/crash/**'], testTimeout: 30_000, hookTimeout: 30_000 } },
      { test: { name: 'crash', include: ['test/crash/**/*.test.ts'], testTimeout: 600_000, fileParallelism: false } },
      { test: { name: 'e2e', include: ['e2e/**/*.spec.ts'], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false } },
    ],
  },
})
