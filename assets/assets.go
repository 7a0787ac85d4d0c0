// Package assets holds what the program ships inside its binary: locales, the demo's catalogue, Postman collection and rules, fonts, the
// gallery's page, how Chinese is read, and what spot checks come with.
package assets

import "embed"

// FS holds demo/, locales/, rules/, review/, fonts/, pinyin/ and gallery/.
//
//go:embed demo locales rules review fonts pinyin/readings.txt gallery
var FS embed.FS
