(func $run (param i32 i32) (result i32) (local i32 i32 i32 i32 i32 f64 v128 v128 v128 v128 i32 i32 v128 f64 i32)
  local.get 0
  local.get 1
  i32.load offset=4
  i32.add
  i32.load
  local.set 2
  local.get 0
  local.get 1
  i32.load
  i32.add
  i32.load
  local.set 3
  i32.const 3
  local.set 4
  local.get 2
  local.set 5
  local.get 3
  local.set 6
  loop
    f64.const 0
    local.set 7
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 8
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 9
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 10
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 11
    i32.const 2
    local.set 12
    local.get 6
    local.set 13
    loop
      local.get 13
      v128.load
      local.set 14
      local.get 8
      local.get 14
      f64x2.convert_low_i32x4_s
      f64x2.add
      local.set 8
      local.get 9
      local.get 14
      local.get 14
      i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15
      f64x2.convert_low_i32x4_s
      f64x2.add
      local.set 9
      local.get 13
      v128.load offset=16
      local.set 14
      local.get 10
      local.get 14
      f64x2.convert_low_i32x4_s
      f64x2.add
      local.set 10
      local.get 11
      local.get 14
      local.get 14
      i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15
      f64x2.convert_low_i32x4_s
      f64x2.add
      local.set 11
      local.get 13
      i32.const 32
      i32.add
      local.set 13
      local.get 12
      i32.const -1
      i32.add
      local.tee 12
      br_if 0
    end
    local.get 8
    local.get 10
    f64x2.add
    local.set 8
    local.get 9
    local.get 11
    f64x2.add
    local.set 9
    local.get 8
    local.get 9
    f64x2.add
    local.tee 8
    f64x2.extract_lane 0
    local.get 8
    f64x2.extract_lane 1
    f64.add
    local.set 15
    local.get 7
    local.get 15
    f64.add
    local.set 7
    f64.const -2147483648
    local.get 7
    f64.le
    local.get 7
    f64.const 2147483647
    f64.le
    i32.and
    i32.eqz
    if
      local.get 0
      i32.const 0
      i32.store
      i32.const 2
      return
    end
    local.get 7
    i32.trunc_sat_f64_s
    local.set 16
    local.get 5
    local.get 16
    i32.store
    local.get 5
    i32.const 4
    i32.add
    local.set 5
    local.get 6
    i32.const 64
    i32.add
    local.set 6
    local.get 4
    i32.const -1
    i32.add
    local.tee 4
    br_if 0
  end
  i32.const 0
)
