// Package sandbox sets up the WebAssembly runtime that decoders written in C and C++ run in: no files, no clock of the system, a limit on
// memory, and compiled code kept on disk so that only the first start pays for compiling.
package sandbox

import (
	"os"
	"path/filepath"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// memoryPages of 64 KiB are the most a module gets: 512 MiB.
const memoryPages = 8192

// Config returns the configuration of a runtime. Compiled code is kept under cacheDir, which only its owner may read; where that cannot
// be, or with an empty cacheDir, nothing is kept.
func Config(cacheDir string) wazero.RuntimeConfig {
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(memoryPages)
	if cacheDir == "" {
		return config
	}
	dir := filepath.Join(cacheDir, "wasm")
	if os.MkdirAll(dir, 0o700) != nil {
		return config
	}
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return config
	}
	return config.WithCompilationCache(cache)
}
