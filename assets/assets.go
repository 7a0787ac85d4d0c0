// Package assets holds what the program ships inside its binary: locales, the demo's catalogue, Postman collection and rules, fonts, and
// the gallery's page.
package assets

import "embed"

// FS holds demo/, locales/, rules/, fonts/ and gallery/.
//
//go:embed demo locales rules fonts gallery
var FS embed.FS
