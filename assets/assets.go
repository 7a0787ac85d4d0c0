// Package assets holds what the program ships inside its binary: locales, the demo's catalogue, Postman collection and fonts, the spot checks' checklist.
package assets

import "embed"

// FS holds demo/, locales/, fonts/ and review/.
//
//go:embed demo locales fonts review
var FS embed.FS
