package rules

import "encoding/json"

// Schema returns the JSON schema (draft 2020-12) of the rules file, for editors that check TOML.
func Schema() ([]byte, error) {
	type object = map[string]any
	text := func(what string) object {
		return object{"type": "string", "minLength": 1, "maxLength": maxText, "description": what}
	}
	list := func(what string) object {
		return object{
			"type": "array", "description": what, "uniqueItems": true, "maxItems": maxList,
			"items": object{"type": "string", "pattern": `^\S{1,64}$`},
		}
	}
	date := func(what string) object { return object{"type": "string", "format": "date", "description": what} }
	required := list("One of these materials must be held")
	required["minItems"] = 1
	id := text("Short name of the rule, once in a file")
	id["pattern"], id["maxLength"] = `^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$`, 64
	rule := object{
		"type": "object", "additionalProperties": false, "required": []string{"id", "name", "any"},
		"properties": object{
			"id": id, "name": text("What is required, for people"), "basis": object{"type": "string", "maxLength": maxText, "description": "Law or house rule"},
			"biz_types": list("accountBizType codes; absent: all"), "customer_types": list("accountCustomerType codes; absent: all"),
			"status": list("accountStatus codes; absent: all"), "opened_from": date("Accounts opened on this day or later"),
			"opened_to": date("Accounts opened on this day or earlier"), "any": required,
			"if_any": list("Only when one of these materials is held"), "unless_any": list("Not when one of these materials is held"),
			"disabled": object{"type": "boolean", "description": "Not in force: as if the rule were not there"},
		},
	}
	return json.MarshalIndent(object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "imagery rules", "type": "object", "additionalProperties": false,
		"required": []string{"version", "rule"},
		"properties": object{
			"version": object{"const": Version},
			"rule":    object{"type": "array", "minItems": 1, "maxItems": MaxRules, "items": rule},
		},
	}, "", "  ")
}
