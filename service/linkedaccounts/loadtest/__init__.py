"""What a load test is made of: who calls when, raw HTTP/2 to call with, what came back, and what that says."""
