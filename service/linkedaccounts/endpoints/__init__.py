"""The service over gRPC: servicers that only translate, one interceptor around all calls, and the server itself."""
