package config

import (
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

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
