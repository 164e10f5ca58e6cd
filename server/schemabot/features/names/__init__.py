"""What the names in a project mean: at a place (`names_at`), in a statement (`statements`), in all files (`places`)."""
