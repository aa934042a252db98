"""What a candidate would have made of recorded decisions: how many change, and by how much money."""
