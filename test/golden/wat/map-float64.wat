(func $run (param i32 i32) (result i32) (local i32 i32 i32 v128)
  local.get 0
  local.get 1
  i32.load offset=8
  i32.add
  i32.load
  local.set 2
  local.get 0
  local.get 1
  i32.load
  i32.add
  i32.load
  local.set 3
  local.get 0
  local.get 1
  i32.load offset=4
  i32.add
  i32.load
  local.set 4
  local.get 2
  local.get 3
  v128.load
  local.get 4
  v128.load
  f64x2.add
  v128.store
  local.get 2
  local.get 3
  v128.load offset=16
  local.get 4
  v128.load offset=16
  f64x2.add
  v128.store offset=16
  local.get 3
  v128.load offset=32
  local.get 4
  v128.load offset=32
  f64x2.add
  local.set 5
  local.get 2
  local.get 5
  v128.store64_lane offset=32 0
  i32.const 0
)
