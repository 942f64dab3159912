package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"
	"unicode/utf16"
)

// vector is one record of leaves.json with everything that docs/record-format.md says about its leaf.
type vector struct {
	Name   string                     `json:"name"`
	Type   string                     `json:"type"`
	Salt   string                     `json:"salt"`
	Record map[string]json.RawMessage `json:"record"`
	Leaf   string                     `json:"leaf"`
}

type vectors struct {
	Fields map[string][]string `json:"fields"`
	Leaves []vector            `json:"leaves"`
}

func checkLeaves(args []string) error {
	flags := flag.NewFlagSet("leaves", flag.ExitOnError)
	file := flags.String("vectors", "", "leaves.json")
	_ = flags.Parse(args)
	text, err := os.ReadFile(*file)
	if err != nil {
		return err
	}
	var all vectors
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	if len(all.Leaves) == 0 {
		return errors.New("there are no vectors")
	}
	for _, v := range all.Leaves {
		leaf, err := leafOf(v, all.Fields[v.Type])
		if err != nil {
			return fmt.Errorf("%s: %w", v.Name, err)
		}
		if leaf != v.Leaf {
			return fmt.Errorf("%s: the leaf is %s, not %s", v.Name, leaf, v.Leaf)
		}
	}
	fmt.Printf("%d leaves are what the format says\n", len(all.Leaves))
	return nil
}

func leafOf(v vector, fields []string) (string, error) {
	var digests []string
	for _, field := range fields {
		value, present := v.Record[field]
		if !present {
			digests = append(digests, "")
			continue
		}
		canonical, err := canonicalOf(value)
		if err != nil {
			return "", err
		}
		salt := hash("holdfast/salt/1\n" + v.Salt + "\n" + field)
		digests = append(digests, hash(salt+"\n"+canonical))
	}
	return hash("holdfast/" + v.Type + "/1\n" + strings.Join(digests, "\n")), nil
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func canonicalOf(raw json.RawMessage) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return "", err
	}
	var out strings.Builder
	write(&out, value)
	return out.String(), nil
}

// write is RFC 8785 for what records hold: numbers are safe integers, whose source text is their canonical form.
func write(out *strings.Builder, value any) {
	switch v := value.(type) {
	case nil:
		out.WriteString("null")
	case bool:
		fmt.Fprint(out, v)
	case json.Number:
		out.WriteString(v.String())
	case string:
		writeString(out, v)
	case []any:
		out.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				out.WriteByte(',')
			}
			write(out, item)
		}
		out.WriteByte(']')
	case map[string]any:
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		sort.Slice(keys, func(i, j int) bool { return lessUTF16(keys[i], keys[j]) })
		out.WriteByte('{')
		for i, key := range keys {
			if i > 0 {
				out.WriteByte(',')
			}
			writeString(out, key)
			out.WriteByte(':')
			write(out, v[key])
		}
		out.WriteByte('}')
	}
}

func lessUTF16(a, b string) bool {
	x, y := utf16.Encode([]rune(a)), utf16.Encode([]rune(b))
	for i := 0; i < len(x) && i < len(y); i++ {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return len(x) < len(y)
}

func writeString(out *strings.Builder, text string) {
	out.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r == '\b':
			out.WriteString(`\b`)
		case r == '\t':
			out.WriteString(`\t`)
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\f':
			out.WriteString(`\f`)
		case r == '\r':
			out.WriteString(`\r`)
		case r < 0x20:
			fmt.Fprintf(out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
}
