"""What can be painted: one file a task, each a story from job to result."""
