// Nothing of its own: the target that compiles the headers which all test programs share needs a
// source file.
