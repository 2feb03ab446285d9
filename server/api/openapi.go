package api

func (s *server) describe() any { return map[string]any{} }
