CREATE INDEX d_o ON d (o);
