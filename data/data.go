// Package data embeds what the program ships as files: the database migrations and the dictionaries.
package data

import "embed"

// Migrations are the goose migrations, in the folder "migrations".
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Dictionaries are tables that the database needs as rows, in the folder "dictionaries".
//
//go:embed dictionaries/*
var Dictionaries embed.FS
