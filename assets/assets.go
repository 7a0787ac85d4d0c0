// Package assets holds what the program ships inside its binary: locales, the demo's catalogue, Postman collection and rules, fonts, and what spot
// checks come with.
package assets

import "embed"

// FS holds demo/, locales/, rules/, review/ and fonts/.
//
//go:embed demo locales rules review fonts
var FS embed.FS
