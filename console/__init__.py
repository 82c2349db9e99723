"""Staff pages, rendered on the server: entries, unanswered questions, people who wait, numbers, users and audit."""
