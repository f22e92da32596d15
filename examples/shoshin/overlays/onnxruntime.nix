# ONNX Runtime with local changes: linked by mold, without link-time optimisation, so that it peaks at 10 GB.
final: prev: {
  onnxruntime = prev.onnxruntime.overrideAttrs (old: {
    nativeBuildInputs = (old.nativeBuildInputs or [ ]) ++ [ prev.mold-wrapped ];
    cmakeFlags = (old.cmakeFlags or [ ]) ++ [
      "-Donnxruntime_ENABLE_LTO:BOOL=OFF"
      "-DCMAKE_LINKER_TYPE=MOLD"
    ];
    # The fix against running out of memory, as noted in the performance issue.
    ninjaJobs = 4;
    ninjaFlags = [ "-j8" ];
  });
}
