(func $run (param i32 i32) (result i32) (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 f32 i32 f32 i32)
  local.get 0
  local.get 1
  i32.load
  i32.add
  i32.load
  local.set 2
  local.get 0
  local.get 1
  i32.load offset=4
  i32.add
  i32.load
  local.set 3
  local.get 0
  local.get 1
  i32.load offset=8
  i32.add
  i32.load
  local.set 4
  i32.const 2
  local.set 5
  local.get 2
  local.set 6
  local.get 3
  local.set 7
  loop
    i32.const 0
    local.tee 8
    i32.const 9
    i32.lt_s
    if
      loop
        local.get 8
        i32.const 4
        i32.mul
        local.set 9
        local.get 7
        local.get 9
        i32.add
        local.get 8
        i32.store
        local.get 8
        i32.const 1
        i32.add
        local.tee 8
        i32.const 9
        i32.lt_s
        br_if 0
      end
    end
    i32.const 1
    local.tee 10
    i32.const 9
    i32.lt_s
    if
      loop
        i32.const 0
        local.tee 8
        i32.const 9
        i32.lt_s
        if
          loop
            local.get 8
            local.tee 11
            local.get 10
            i32.add
            i32.const 9
            local.set 12
            local.tee 13
            local.get 12
            local.get 13
            local.get 12
            i32.lt_s
            select
            local.tee 14
            local.tee 15
            local.get 10
            i32.add
            i32.const 9
            local.set 12
            local.tee 13
            local.get 12
            local.get 13
            local.get 12
            i32.lt_s
            select
            local.set 16
            local.get 11
            local.get 14
            i32.lt_s
            local.get 15
            local.get 16
            i32.lt_s
            i32.and
            if
              loop
                local.get 11
                i32.const 4
                i32.mul
                local.set 9
                local.get 7
                local.get 9
                i32.add
                i32.load
                local.set 17
                local.get 15
                i32.const 4
                i32.mul
                local.set 18
                local.get 7
                local.get 18
                i32.add
                i32.load
                local.tee 19
                i32.const 4
                i32.mul
                local.set 20
                local.get 6
                local.get 20
                i32.add
                f32.load
                local.set 21
                local.get 17
                i32.const 4
                i32.mul
                local.set 22
                local.get 6
                local.get 22
                i32.add
                f32.load
                local.set 23
                local.get 21
                local.get 23
                f32.lt
                local.get 23
                local.get 23
                f32.ne
                local.get 21
                local.get 21
                f32.eq
                i32.and
                i32.or
                if
                  local.get 8
                  i32.const 4
                  i32.mul
                  local.set 24
                  local.get 4
                  local.get 24
                  i32.add
                  local.get 19
                  i32.store
                  local.get 15
                  i32.const 1
                  i32.add
                  local.set 15
                  local.get 8
                  i32.const 1
                  i32.add
                  local.set 8
                else
                  local.get 8
                  i32.const 4
                  i32.mul
                  local.set 24
                  local.get 4
                  local.get 24
                  i32.add
                  local.get 17
                  i32.store
                  local.get 11
                  i32.const 1
                  i32.add
                  local.set 11
                  local.get 8
                  i32.const 1
                  i32.add
                  local.set 8
                end
                local.get 11
                local.get 14
                i32.lt_s
                local.get 15
                local.get 16
                i32.lt_s
                i32.and
                br_if 0
              end
            end
            local.get 11
            local.get 14
            i32.lt_s
            if
              loop
                local.get 11
                i32.const 4
                i32.mul
                local.set 9
                local.get 7
                local.get 9
                i32.add
                i32.load
                local.set 17
                local.get 8
                i32.const 4
                i32.mul
                local.set 18
                local.get 4
                local.get 18
                i32.add
                local.get 17
                i32.store
                local.get 11
                i32.const 1
                i32.add
                local.set 11
                local.get 8
                i32.const 1
                i32.add
                local.set 8
                local.get 11
                local.get 14
                i32.lt_s
                br_if 0
              end
            end
            local.get 15
            local.get 16
            i32.lt_s
            if
              loop
                local.get 15
                i32.const 4
                i32.mul
                local.set 9
                local.get 7
                local.get 9
                i32.add
                i32.load
                local.set 17
                local.get 8
                i32.const 4
                i32.mul
                local.set 18
                local.get 4
                local.get 18
                i32.add
                local.get 17
                i32.store
                local.get 15
                i32.const 1
                i32.add
                local.set 15
                local.get 8
                i32.const 1
                i32.add
                local.set 8
                local.get 15
                local.get 16
                i32.lt_s
                br_if 0
              end
            end
            local.get 8
            i32.const 9
            i32.lt_s
            br_if 0
          end
        end
        local.get 10
        i32.const 1
        i32.shl
        local.set 10
        i32.const 0
        local.tee 8
        i32.const 9
        i32.lt_s
        if
          loop
            local.get 8
            local.tee 11
            local.get 10
            i32.add
            i32.const 9
            local.set 12
            local.tee 13
            local.get 12
            local.get 13
            local.get 12
            i32.lt_s
            select
            local.tee 14
            local.tee 15
            local.get 10
            i32.add
            i32.const 9
            local.set 12
            local.tee 13
            local.get 12
            local.get 13
            local.get 12
            i32.lt_s
            select
            local.set 16
            local.get 11
            local.get 14
            i32.lt_s
            local.get 15
            local.get 16
            i32.lt_s
            i32.and
            if
              loop
                local.get 11
                i32.const 4
                i32.mul
                local.set 9
                local.get 4
                local.get 9
                i32.add
                i32.load
                local.set 17
                local.get 15
                i32.const 4
                i32.mul
                local.set 18
                local.get 4
                local.get 18
                i32.add
                i32.load
                local.tee 19
                i32.const 4
                i32.mul
                local.set 20
                local.get 6
                local.get 20
                i32.add
                f32.load
                local.set 21
                local.get 17
                i32.const 4
                i32.mul
                local.set 22
                local.get 6
                local.get 22
                i32.add
                f32.load
                local.set 23
                local.get 21
                local.get 23
                f32.lt
                local.get 23
                local.get 23
                f32.ne
                local.get 21
                local.get 21
                f32.eq
                i32.and
                i32.or
                if
                  local.get 8
                  i32.const 4
                  i32.mul
                  local.set 24
                  local.get 7
                  local.get 24
                  i32.add
                  local.get 19
                  i32.store
                  local.get 15
                  i32.const 1
                  i32.add
                  local.set 15
                  local.get 8
                  i32.const 1
                  i32.add
                  local.set 8
                else
                  local.get 8
                  i32.const 4
                  i32.mul
                  local.set 24
                  local.get 7
                  local.get 24
                  i32.add
                  local.get 17
                  i32.store
                  local.get 11
                  i32.const 1
                  i32.add
                  local.set 11
                  local.get 8
                  i32.const 1
                  i32.add
                  local.set 8
                end
                local.get 11
                local.get 14
                i32.lt_s
                local.get 15
                local.get 16
                i32.lt_s
                i32.and
                br_if 0
              end
            end
            local.get 11
            local.get 14
            i32.lt_s
            if
              loop
                local.get 11
                i32.const 4
                i32.mul
                local.set 9
                local.get 4
                local.get 9
                i32.add
                i32.load
                local.set 17
                local.get 8
                i32.const 4
                i32.mul
                local.set 18
                local.get 7
                local.get 18
                i32.add
                local.get 17
                i32.store
                local.get 11
                i32.const 1
                i32.add
                local.set 11
                local.get 8
                i32.const 1
                i32.add
                local.set 8
                local.get 11
                local.get 14
                i32.lt_s
                br_if 0
              end
            end
            local.get 15
            local.get 16
            i32.lt_s
            if
              loop
                local.get 15
                i32.const 4
                i32.mul
                local.set 9
                local.get 4
                local.get 9
                i32.add
                i32.load
                local.set 17
                local.get 8
                i32.const 4
                i32.mul
                local.set 18
                local.get 7
                local.get 18
                i32.add
                local.get 17
                i32.store
                local.get 15
                i32.const 1
                i32.add
                local.set 15
                local.get 8
                i32.const 1
                i32.add
                local.set 8
                local.get 15
                local.get 16
                i32.lt_s
                br_if 0
              end
            end
            local.get 8
            i32.const 9
            i32.lt_s
            br_if 0
          end
        end
        local.get 10
        i32.const 1
        i32.shl
        local.tee 10
        i32.const 9
        i32.lt_s
        br_if 0
      end
    end
    local.get 6
    i32.const 36
    i32.add
    local.set 6
    local.get 7
    i32.const 36
    i32.add
    local.set 7
    local.get 5
    i32.const -1
    i32.add
    local.tee 5
    br_if 0
  end
  i32.const 0
)
