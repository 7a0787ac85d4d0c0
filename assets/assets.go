// Package assets holds what the program ships inside its binary: locales, the demo's catalogue, Postman collection, fonts and the gallery's page.
package assets

import "embed"

// FS holds demo/, locales/, fonts/ and gallery/.
//
//go:embed demo locales fonts gallery
var FS embed.FS
