package i18n

import "strings"

// Detect returns the language that LC_ALL, LC_MESSAGES or LANG asks for, in that order; the first that is set decides. The program
// is made for Chinese offices, so only a locale that names another language gets English: none at all, C and POSIX give Chinese.
func Detect(getenv func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			return FromLocale(v)
		}
	}
	return "zh"
}

// FromLocale returns the language of a locale name such as "en_GB.UTF-8" or "zh-CN".
func FromLocale(locale string) string {
	name, _, _ := strings.Cut(strings.ToLower(locale), ".")
	name, _, _ = strings.Cut(name, "@")
	lang, _, _ := strings.Cut(strings.ReplaceAll(name, "-", "_"), "_")
	switch lang {
	case "", "c", "posix", "zh", "auto":
		return "zh"
	}
	return "en"
}
