package config

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// ErrNoHome is returned where the environment names no home folder, so that there is no place for what is to be kept.
var ErrNoHome = errors.New("config: no home folder")

// Homed returns ErrNoHome unless IMAGERY_HOME, the home folder, or the folders that stand in for it are known, as absolute paths.
func Homed(getenv func(string) string) error {
	if filepath.IsAbs(getenv("IMAGERY_HOME")) {
		return nil
	}
	if home, err := os.UserHomeDir(); err == nil && filepath.IsAbs(home) {
		return nil
	}
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"} {
		if !filepath.IsAbs(getenv(name)) {
			return ErrNoHome
		}
	}
	return nil
}

// Paths are the places on disk that the program uses.
type Paths struct {
	File  string // the configuration file
	State string // folder: journal, which demo is running
	Data  string // folder: the demo's database
	Cache string // folder: what can be made again
}

// Locate returns the platform's usual places, or all of them under IMAGERY_HOME. file, if not empty, stands in for the file.
func Locate(getenv func(string) string, file string) Paths {
	p := Paths{
		File:  filepath.Join(xdg.ConfigHome, "imagery", "config.toml"),
		State: filepath.Join(xdg.StateHome, "imagery"),
		Data:  filepath.Join(xdg.DataHome, "imagery"),
		Cache: filepath.Join(xdg.CacheHome, "imagery"),
	}
	if home := getenv("IMAGERY_HOME"); home != "" {
		p = Paths{File: filepath.Join(home, "config.toml"), State: filepath.Join(home, "state"), Data: filepath.Join(home, "data"), Cache: filepath.Join(home, "cache")}
	}
	if file != "" {
		p.File = file
	}
	return p
}

// DownloadFolder returns the user's own download folder, or the home folder if there is none.
func DownloadFolder() string {
	if d := xdg.UserDirs.Download; d != "" {
		if st, err := os.Stat(d); err == nil && st.IsDir() {
			return filepath.Join(d, "imagery")
		}
	}
	return filepath.Join(xdg.Home, "imagery")
}
