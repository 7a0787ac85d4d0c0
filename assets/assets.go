// Package assets holds what the program ships inside its binary: locales, the demo's catalogue, Postman collection and rules, and fonts.
package assets

import "embed"

// FS holds demo/, locales/, rules/ and fonts/.
//
//go:embed demo locales rules fonts
var FS embed.FS
