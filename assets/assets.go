// Package assets holds what the program ships inside its binary: locales, the demo's catalogue, Postman collection and rules, fonts, the
// gallery's page, and what spot checks come with.
package assets

import "embed"

// FS holds demo/, locales/, rules/, review/, fonts/ and gallery/.
//
//go:embed demo locales rules review fonts gallery
var FS embed.FS
