// Package assets holds what the program ships inside its binary: locales, the demo's catalogue, Postman collection and fonts.
package assets

import "embed"

// FS holds demo/, locales/ and fonts/.
//
//go:embed demo locales fonts
var FS embed.FS
